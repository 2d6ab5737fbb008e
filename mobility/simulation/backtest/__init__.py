"""What a night's plan is worth: the same evenings planned in several ways, the next days ridden by the same riders."""
