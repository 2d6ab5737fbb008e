"""Who: accounts, sign-in, roles, licences and eligibility."""
