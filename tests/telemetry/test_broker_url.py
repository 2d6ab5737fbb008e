import shutil
from pathlib import Path

import pytest

from mobility.db.embedded import BrokerMissing, EmbeddedBroker
from mobility.telemetry.gmqtt import BrokerUrlUnreadable, read_broker_url


def test_the_parts_of_an_address_are_read_and_its_password_is_not_shown() -> None:
    address = read_broker_url("mqtt://mobility-service:p%40ss@broker.example:1884")
    assert (address.host, address.port) == ("broker.example", 1884)
    assert (address.user, address.password) == ("mobility-service", "p@ss")
    assert address.tls is None
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize(("url", "port"), [("mqtt://u:p@b", 1883), ("mqtts://u:p@b", 8883)])
def test_each_way_has_its_usual_port_and_mqtts_checks_the_certificate(url: str, port: int) -> None:
    address = read_broker_url(url)
    assert address.port == port
    assert (address.tls is not None) == url.startswith("mqtts")
    assert address.tls is None or address.tls.check_hostname


@pytest.mark.parametrize("url", ["", "mqtt://", "mqtt://broker", "mqtt://user@broker", "http://u:p@b", "broker:1883"])
def test_another_address_is_refused_by_the_name_of_the_setting(url: str) -> None:
    with pytest.raises(BrokerUrlUnreadable, match="MOBILITY_MQTT_URL must be"):
        read_broker_url(url)


def test_a_machine_without_mosquitto_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(BrokerMissing, match="sudo apt-get install mosquitto") as missing:
        EmbeddedBroker(tmp_path, access="", passwords="").start()
    assert missing.value.code == "embedded_broker_missing"
