"""What the feeds tell, and what people write into them."""

from mobility.feeds.service.editions import edition_of, read_city
from mobility.feeds.service.files import Feeds, Served, UnknownFeed

__all__ = ["Feeds", "Served", "UnknownFeed", "edition_of", "read_city"]
