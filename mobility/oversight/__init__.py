"""What a city sees of the service: figures with their definitions, and the anonymised facts behind them."""
