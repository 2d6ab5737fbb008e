"""A city: read from its file, loaded, its ground drawn anew."""

from mobility.city.service.cities import UnknownCity, get_city, get_version, read_city_file
from mobility.city.service.loading import LoadResult, load_city

__all__ = ["LoadResult", "UnknownCity", "get_city", "get_version", "load_city", "read_city_file"]
