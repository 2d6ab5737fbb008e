from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct

from mobility.riders.rules.access import GrantedRole
from mobility.riders.rules.licences import LicenceCategory, LicenceState, Title
from mobility.riders.service import SignedIn
from mobility.riders.tables import Account, Licence, SignInCode

Locale = Annotated[Literal["fr", "en"], Meta(description="Language of messages", examples=["fr"])]
Category = Annotated[LicenceCategory, Meta(description="Driving title as printed; AM by its option", examples=["B"])]
IssuedOn = Annotated[date, Meta(description="Day of issue (4a on the card)", examples=["2019-05-02"])]
ExpiresOn = Annotated[
    date | None,
    Meta(description="Last valid day (4b on the card); none for a title without end", examples=["2034-05-01"]),
]
BornOn = Annotated[date, Meta(description="Date of birth", examples=["1994-11-23"])]
DeclaredFor = Annotated[
    Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{1,39}$", max_length=40)] | None,
    Meta(description="City where the person wants to drive: its operators check the papers", examples=["springfield"]),
]
# Nothing that steers a terminal or turns the text around it. The end is not `$`, which in Python lets a newline follow.
Name = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*(?![\s\S])",
        description="How to address the person",
        examples=["Camille Dubois"],
    ),
]


class CodeRequest(Struct, forbid_unknown_fields=True, kw_only=True):
    """Where to send a code: `email` or `phone`, one of the two."""

    email: Annotated[str, Meta(max_length=254, examples=["camille@example.fr"])] | None = None
    phone: (
        Annotated[
            str,
            Meta(max_length=32, description="With country code or of the city's country", examples=["06 12 34 56 78"]),
        ]
        | None
    ) = None
    locale: Locale = "fr"


class CodeSent(Struct, kw_only=True):
    """The same for addresses known and unknown."""

    request_id: Annotated[UUID, Meta(description="To be given back with the code")]
    expires_at: datetime

    @classmethod
    def of(cls, sent: SignInCode) -> "CodeSent":
        return cls(request_id=sent.id, expires_at=sent.expires_at)


class SignIn(Struct, forbid_unknown_fields=True, kw_only=True):
    request_id: Annotated[UUID, Meta(description="The one that came when the code was asked for")]
    code: Annotated[
        str, Meta(pattern=r"^[0-9]{6}$", max_length=6, description="The six digits received", examples=["402951"])
    ]


class ProfileChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is absent or null stays as it is."""

    name: Name | None = None
    born_on: BornOn | None = None
    locale: Locale | None = None
    city: DeclaredFor = None


class LicenceDeclaration(Struct, forbid_unknown_fields=True, kw_only=True):
    category: Category
    issued_on: IssuedOn
    expires_on: ExpiresOn = None
    city: DeclaredFor = None

    def title(self) -> Title:
        return Title(category=self.category, issued_on=self.issued_on, expires_on=self.expires_on)


class RoleView(Struct, kw_only=True):
    role: GrantedRole
    city: Annotated[
        str | None, Meta(description="Where the role is held; null: in every city", examples=["springfield"])
    ]


class LicenceView(Struct, kw_only=True):
    id: UUID
    category: Category
    issued_on: IssuedOn
    expires_on: ExpiresOn
    state: Annotated[LicenceState, Meta(description="declared by the rider, then verified or refused by an operator")]
    declared_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, licence: Licence) -> "LicenceView":
        return cls(
            id=licence.id,
            category=LicenceCategory(licence.category),
            issued_on=licence.issued_on,
            expires_on=licence.expires_on,
            state=LicenceState(licence.state),
            declared_at=licence.declared_at,
            decided_at=licence.decided_at,
        )


class MeView(Struct, kw_only=True):
    """The signed-in person; everybody is a resident, `roles` holds what was granted beyond."""

    id: UUID
    email: str | None
    phone: Annotated[str | None, Meta(description="E.164", examples=["+33612345678"])]
    name: Name
    locale: Locale
    born_on: BornOn | None
    born_on_verified: bool
    roles: Sequence[RoleView]
    licences: Sequence[LicenceView]

    @classmethod
    def of(cls, account: Account) -> "MeView":
        return cls(
            id=account.id,
            email=account.email,
            phone=account.phone,
            name=account.name,
            locale="en" if account.locale == "en" else "fr",
            born_on=account.born_on,
            born_on_verified=account.born_on_verified,
            roles=[RoleView(role=cast("GrantedRole", held.role), city=held.city_id) for held in account.roles],
            licences=[LicenceView.of(licence) for licence in account.licences],
        )


class SignedInView(Struct, kw_only=True):
    token: Annotated[str, Meta(description="For `Authorization: Bearer`; the web uses the cookie set beside it")]
    expires_at: datetime
    account: MeView

    @classmethod
    def of(cls, signed_in: SignedIn) -> "SignedInView":
        return cls(token=signed_in.token, expires_at=signed_in.expires_at, account=MeView.of(signed_in.account))
