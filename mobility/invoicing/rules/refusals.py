from mobility.base.errors import Conflict, Invalid, NotFound


class UnknownDocument(NotFound):
    code = "unknown_document"
    fr = "Ce document n'existe pas."
    en = "There is no such document."


class DocumentNotNumbered(Conflict):
    code = "document_not_numbered"
    fr = "Ce document reçoit son numéro : revenez dans un instant."
    en = "This document is being given its number: come back in a moment."


class CreditTooHigh(Invalid):
    code = "credit_too_high"
    fr = "Il reste {left_cents} centimes à créditer sur ce document."
    en = "{left_cents} cents of this document are left to credit."


class NotAReceipt(Conflict):
    code = "not_a_receipt"
    fr = "On corrige un reçu, pas un avoir."
    en = "A receipt is corrected, not a credit note."
