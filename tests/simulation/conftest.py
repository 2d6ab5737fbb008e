import pytest

from mobility.simulation.backtest.field import Field
from mobility.simulation.backtest.reference import reference


@pytest.fixture(scope="session")
def reference_field() -> Field:
    return reference(days=4, seed=1)
