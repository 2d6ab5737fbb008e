"""Partners, their webhooks, what they are told and how it gets there."""
