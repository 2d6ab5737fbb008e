"""What several routes may refuse: for their place in the API's document."""

from mobility.riders.rules import licences, profiles
from mobility.riders.rules.access import CrossSiteRequest, NotSignedIn, RoleMissing

WRITING = [NotSignedIn, CrossSiteRequest]
OPERATING = [*WRITING, RoleMissing, profiles.UnknownAccount, profiles.BirthDateMissing, licences.OwnPapers]
BLOCKING = [*WRITING, RoleMissing, profiles.UnknownAccount, profiles.StaffAccount]
IMPLAUSIBLE = [
    licences.LicenceIssuedInFuture,
    licences.LicenceExpired,
    licences.LicenceExpiresBeforeIssue,
    licences.LicenceIssuedTooYoung,
]
