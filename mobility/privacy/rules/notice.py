"""What people are told of their data, in words of their own: each chapter names the tables that it speaks of.

`tests/privacy` compares it with the register and with the periods that the other rooms keep to.
"""

from dataclasses import dataclass
from typing import Final, Literal

from mobility.privacy.rules.register import HELD

Names = dict[str, str]
Erasure = Literal["deleted", "nameless", "partly"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A kind of data, per language: what it is, why it is there, how long, and who sees it.

    Attributes
    ----------
    tables
        Of the register, that hold it.
    days
        After which it goes by itself; None: with the account, or as `how_long` says.
    """

    code: str
    tables: tuple[str, ...]
    name: Names
    what: Names
    why: Names
    how_long: Names
    who: Names
    days: int | None = None

    @property
    def on_erasure(self) -> Erasure:
        """What is left of it when the person is forgotten, as the register says."""
        kept = {bool(HELD[table].kept) for table in self.tables}
        return "partly" if len(kept) == 2 else "nameless" if True in kept else "deleted"


STAFF: Final = {"fr": "Vous et l’équipe du service.", "en": "You and the service’s staff."}
WITH_ACCOUNT: Final = {"fr": "Jusqu’à l’effacement de votre compte.", "en": "Until your account is erased."}

CHAPTERS: Final = (
    Chapter(
        code="account",
        tables=("account", "account_city", "account_event", "account_role", "sign_in_session", "statement_choice"),
        name={"fr": "Votre compte", "en": "Your account"},
        what={
            "fr": "Votre e-mail ou votre téléphone, votre nom, votre date de naissance, vos connexions, vos choix.",
            "en": "Your e-mail or phone, your name, your date of birth, your sign-ins, your choices.",
        },
        why={
            "fr": "Vous reconnaître sans mot de passe et savoir si vous avez l’âge de rouler.",
            "en": "To know you without a password, and whether you are old enough to ride.",
        },
        how_long=WITH_ACCOUNT,
        who=STAFF,
    ),
    Chapter(
        code="papers",
        tables=("licence",),
        name={"fr": "Vos papiers", "en": "Your papers"},
        what={
            "fr": "La catégorie de votre permis, ses dates, et qui l’a vu. Aucune image.",
            "en": "The category of your licence, its dates, and who has seen it. No picture.",
        },
        why={"fr": "La loi demande de les vérifier.", "en": "The law asks us to check them."},
        how_long=WITH_ACCOUNT,
        who=STAFF,
    ),
    Chapter(
        code="family",
        tables=("guardianship",),
        name={"fr": "L’accord d’un parent", "en": "A parent’s agreement"},
        what={
            "fr": "Quel parent a donné son accord à quel mineur, et quand.",
            "en": "Which parent agreed for which minor, and when.",
        },
        why={"fr": "Un mineur roule avec l’accord d’un parent.", "en": "A minor rides with a parent’s agreement."},
        how_long={
            "fr": "C’est la preuve d’un accord\u00a0: elle reste, sans vos noms.",
            "en": "It proves an agreement: it stays, without your names.",
        },
        who={"fr": "Le parent, l’enfant et l’équipe du service.", "en": "Parent, child and the service’s staff."},
    ),
    Chapter(
        code="rides",
        tables=("hold", "booking", "rental", "rental_pause"),
        name={"fr": "Vos trajets", "en": "Your rides"},
        what={
            "fr": "Où et quand un trajet commence et finit, sa durée, son prix. Jamais le chemin suivi.",
            "en": "Where and when a ride begins and ends, how long, what it costs. Never the way you took.",
        },
        why={
            "fr": "Établir le prix, et répondre à la police qui demande qui conduisait.",
            "en": "To make the price, and to answer the police when they ask who drove.",
        },
        how_long={
            "fr": "Après l’effacement, au kilomètre près et sans votre nom.",
            "en": "After an erasure, to the kilometre and without your name.",
        },
        who=STAFF,
    ),
    Chapter(
        code="looks",
        tables=("assistance",),
        name={"fr": "Un regard pendant un trajet", "en": "A look during a ride"},
        what={
            "fr": "Qui, de l’équipe, a demandé où était votre véhicule pour vous aider, pourquoi, et qui l’a permis.",
            "en": "Who of the staff asked where your vehicle was to help you, why, and who allowed it.",
        },
        why={
            "fr": "Deux personnes doivent être d’accord, et vous le savez.",
            "en": "Two people have to agree, and you are told.",
        },
        how_long={"fr": "Reste avec le trajet, sans votre nom.", "en": "Stays with the ride, without your name."},
        who=STAFF,
    ),
    Chapter(
        code="damage",
        tables=("damage_report",),
        name={"fr": "Vos signalements", "en": "Your damage reports"},
        what={"fr": "Ce que vous signalez, vos mots et vos photos.", "en": "What you report, your words and photos."},
        why={"fr": "Réparer avant que quelqu’un d’autre ne roule.", "en": "To repair before somebody else rides."},
        how_long={
            "fr": "Le fait reste au dossier du véhicule\u00a0; vos mots s’effacent avec vous.",
            "en": "The fact stays with the vehicle; your words are erased with you.",
        },
        who=STAFF,
    ),
    Chapter(
        code="parking",
        tables=("parking_photo",),
        name={"fr": "La photo du véhicule garé", "en": "The photo of the parked vehicle"},
        what={
            "fr": "Là où la ville le demande\u00a0: une photo, sans lieu ni appareil, ou pourquoi il n’y en a pas.",
            "en": "Where the city asks for it: a photo, without place or device, or why there is none.",
        },
        why={
            "fr": "Répondre à qui trouve un véhicule en travers du chemin.",
            "en": "To answer whoever finds a vehicle in the way.",
        },
        how_long={
            "fr": "Un mois, et plus rien dès que vous êtes effacé.",
            "en": "A month, and nothing any more once you are erased.",
        },
        who=STAFF,
    ),
    Chapter(
        code="money",
        tables=(
            *("payment", "refund", "dispute", "authorisation", "document", "statement", "card", "gateway_customer"),
            *("rider_pass", "pass_use", "promotion_claim", "promised_reward", "voucher"),
        ),
        name={"fr": "Vos paiements", "en": "Your payments"},
        what={
            "fr": "Paiements, remboursements, reçus, abonnements, codes. De votre carte, la marque et quatre chiffres.",
            "en": "Payments, refunds, receipts, passes, codes. Of your card, the brand and four digits.",
        },
        why={
            "fr": "Être payé, et tenir les comptes comme la loi le demande.",
            "en": "To be paid, and to keep books as the law asks.",
        },
        how_long={
            "fr": "Dix ans (code de commerce, article L123-22), sans votre nom après un effacement.",
            "en": "Ten years (French commercial code, article L123-22), without your name after an erasure.",
        },
        who={
            "fr": "Vous, l’équipe du service, notre prestataire de paiement.",
            "en": "You, the service’s staff, our payment service.",
        },
    ),
    Chapter(
        code="entitlements",
        tables=("entitlement",),
        name={"fr": "Vos droits à un tarif", "en": "Your reduced fares"},
        what={"fr": "Le tarif réduit, et jusqu’à quand.", "en": "The reduced fare, and until when."},
        why={"fr": "Vous faire payer le bon prix.", "en": "To charge you the right price."},
        how_long=WITH_ACCOUNT,
        who=STAFF,
    ),
    Chapter(
        code="messages",
        tables=("outgoing_message", "outgoing_push"),
        name={"fr": "Nos messages", "en": "Our messages"},
        what={
            "fr": "Les e-mails, SMS et notifications que nous vous envoyons.",
            "en": "The e-mails, texts and notifications that we send you.",
        },
        why={"fr": "Les envoyer une fois, et une seule.", "en": "To send them once, and only once."},
        how_long={"fr": "Trente jours.", "en": "Thirty days."},
        who={
            "fr": "Vous, et qui les achemine (courrier électronique, téléphone, navigateur sans pouvoir les lire).",
            "en": "You, and who carries them (mail, telephone, browser without being able to read them).",
        },
        days=30,
    ),
    Chapter(
        code="own",
        tables=("saved_place", "notice_choice", "push_device"),
        name={"fr": "Vos lieux et vos appareils", "en": "Your places and devices"},
        what={
            "fr": "Les lieux que vous enregistrez, les messages que vous voulez, les navigateurs qui les affichent.",
            "en": "The places you save, the messages you want, the browsers that show them.",
        },
        why={
            "fr": "Chercher près de chez vous d’un geste, et vous prévenir là où vous le voulez.",
            "en": "To search near your home with one tap, and to tell you where you want to be told.",
        },
        how_long={
            "fr": "Jusqu’à ce que vous les retiriez, ou l’effacement de votre compte.",
            "en": "Until you remove them, or your account is erased.",
        },
        who={"fr": "Vous seul.", "en": "You alone."},
    ),
    Chapter(
        code="support",
        tables=("support_act",),
        name={"fr": "L’aide que vous demandez", "en": "The help you ask for"},
        what={"fr": "Ce que l’équipe a fait pour vous, et pourquoi.", "en": "What the staff did for you, and why."},
        why={"fr": "Savoir qui a décidé quoi de votre argent.", "en": "To know who decided what about your money."},
        how_long={"fr": "Reste, sans votre nom.", "en": "Stays, without your name."},
        who=STAFF,
    ),
    Chapter(
        code="roles",
        tables=("role_change",),
        name={"fr": "Vos rôles dans le service", "en": "Your roles in the service"},
        what={
            "fr": "Quel rôle vous avez eu si vous travaillez ici, qui l’a donné ou retiré, et pourquoi.",
            "en": "Which role you held if you work here, who gave it or took it back, and why.",
        },
        why={"fr": "Savoir qui pouvait faire quoi, et quand.", "en": "To know who could do what, and when."},
        how_long={"fr": "Reste, sans votre nom.", "en": "Stays, without your name."},
        who={"fr": "L’équipe du service.", "en": "The service’s staff."},
    ),
    Chapter(
        code="studies",
        tables=("studio_drawing", "studio_job"),
        name={"fr": "Les études de la ville", "en": "The city’s studies"},
        what={
            "fr": "Qui, de la ville ou de l’exploitant, a dessiné une étude ou lancé son calcul.",
            "en": "Who of the city or the operator drew a study or had it computed.",
        },
        why={"fr": "Savoir à qui demander ce qu’elle veut dire.", "en": "To know whom to ask what it means."},
        how_long={"fr": "Reste avec l’étude, sans votre nom.", "en": "Stays with the study, without your name."},
        who={"fr": "Les personnes de la ville et de l’exploitant.", "en": "People of the city and the operator."},
    ),
)
