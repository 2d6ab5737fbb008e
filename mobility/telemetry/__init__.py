"""What vehicles say: parsed, checked, deduplicated, kept without a rental's trail."""
