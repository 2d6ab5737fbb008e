import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--document", choices=("drawn", "whole"), default="drawn", help="what is asked of each operation of the API"
    )
