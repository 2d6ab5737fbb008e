"""What was sold, on paper: numbered receipts, credit notes and monthly statements."""
