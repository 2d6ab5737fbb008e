"""The broker's shipped configuration: its promises, held by a real Mosquitto started with that very file."""

import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from mobility.db.embedded.account import server_account
from mobility.db.embedded.mosquitto import CONTRACT, find_broker
from mobility.db.embedded.server import free_port
from mobility.fleet.rules.credentials import broker_hash_of
from mobility.fleet.rules.topics import ACCESS, BROKER_LOG, BROKER_READ, SERVICE_USER, Channel, every, shared, topic
from mobility.telemetry.rules.broker_log import turned_away
from mobility.telemetry.rules.ovms import OVMS_FILTER
from mobility.telemetry.rules.strangers import Unheard

SHIPPED = Path("infra/mosquitto")
MOPED, OTHER = UUID(int=1), UUID(int=2)
REPORTS = every(Channel.TELEMETRY)
numbers = count(1)
PACKET_BYTES_MAX = int(CONTRACT["max_packet_size"])


@dataclass(frozen=True)
class Broker:
    folder: Path
    vehicles_port: int
    service_port: int

    def publish(
        self, user: object, to: str, message: bytes, *more: str, password: str = "secret", port: int | None = None
    ) -> str:
        """What mosquitto_pub says when it was refused; empty when the broker took the message."""
        who = [*self._client(port or self.vehicles_port, user, password), "-i", f"publisher-{next(numbers)}"]
        command = ["mosquitto_pub", *who, "-t", to, "-s", *more]
        done = subprocess.run(command, input=message, capture_output=True, timeout=60, check=False)
        return (done.stdout + done.stderr).decode()

    def listen(
        self, client_id: str, *filters: str, user: object = SERVICE_USER, password: str = "service"
    ) -> list[str]:
        """Subscribe and go away again; returns the command that takes what was said since, one message each time."""
        port = self.service_port if user == SERVICE_USER else self.vehicles_port
        session = [*self._client(port, user, password), "-i", client_id, "-c", "-x", "300"]
        session += [part for filter_ in filters for part in ("-t", filter_)]
        subprocess.run(["mosquitto_sub", *session, "-E"], check=True, timeout=60, capture_output=True)
        return ["mosquitto_sub", *session, "-W", "60", "-F", "%t %p", "-C"]

    def _client(self, port: int, user: object, password: str) -> list[str]:
        address = ["-V", "5", "-h", "localhost", "-p", str(port), "--cafile", str(self.folder / "certs/server.crt")]
        return [*address, "-u", str(user), "-P", password, "-q", "1"]


def heard(listener: list[str], messages: int = 1) -> list[str]:
    return subprocess.run([*listener, str(messages)], capture_output=True, text=True, check=True).stdout.splitlines()


def make_certificate(folder: Path) -> None:
    """A certificate for localhost that is its own authority."""
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "server.key"), "-out", str(folder / "server.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run([*command, "-days", "2", *names, *files], check=True, capture_output=True)


def moved(folder: Path, vehicles_port: int, service_port: int) -> str:
    """The shipped file with its folders and ports replaced; what the broker says of itself it says each second."""
    text = (SHIPPED / "mosquitto.conf").read_text().replace("/mosquitto/", f"{folder}/")
    text = text.replace("listener 8883", f"listener {vehicles_port} 127.0.0.1")
    return "sys_interval 1\n" + text.replace("listener 8884", f"listener {service_port} 127.0.0.1")


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    folder = Path(tempfile.mkdtemp(prefix="mobility-broker-"))
    for name in ("config", "access", "data", "certs"):
        (folder / name).mkdir()
    shutil.copy(SHIPPED / "acl", folder / "config/acl")
    users = {str(MOPED): "secret", str(OTHER): "secret", SERVICE_USER: "service"}
    lines = [f"{user}:{broker_hash_of(password)}\n" for user, password in users.items()]
    (folder / "access/passwords").write_text("".join(lines))
    make_certificate(folder / "certs")
    running = Broker(folder, free_port(), free_port())
    (folder / "config/mosquitto.conf").write_text(moved(folder, running.vehicles_port, running.service_port))
    account = server_account()
    for path in (folder, *folder.rglob("*")):
        account.own(path)
    with subprocess.Popen(
        [find_broker(), "-c", folder / "config/mosquitto.conf"],
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
        stderr=subprocess.DEVNULL,
    ) as process:
        await_port(running.service_port)
        yield running
        process.terminate()
    shutil.rmtree(folder)


@pytest.fixture
def boxes_port(broker: Broker) -> Iterator[int]:
    """The listener of the OVMS boxes' own broker, which hands on to the other one."""
    port = free_port()
    shutil.copy(SHIPPED / "ovms-acl", broker.folder / "config/ovms-acl")
    shutil.copy(broker.folder / "certs/server.crt", broker.folder / "certs/ca.crt")
    text = (SHIPPED / "ovms.conf").read_text().replace("/mosquitto/", f"{broker.folder}/")
    text = text.replace("listener 8885", f"listener {port} 127.0.0.1")
    text = text.replace("address mosquitto:8884", f"address localhost:{broker.service_port}\nremote_password service")
    (broker.folder / "config/ovms.conf").write_text(text)
    account = server_account()
    for path in (broker.folder / "config").iterdir():
        account.own(path)
    account.own(broker.folder / "certs/ca.crt")
    command = [find_broker(), "-c", broker.folder / "config/ovms.conf"]
    who = {"user": account.user, "group": account.group, "extra_groups": account.extra_groups}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **who) as process:  # type: ignore[call-overload]
        await_port(port)
        yield port
        process.terminate()


def await_port(port: int) -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"nothing listens on {port}")


def settings_of(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split(" ", 1) for line in lines)


def test_the_shipped_file_makes_every_promise_of_the_embedded_broker() -> None:
    shipped = settings_of((SHIPPED / "mosquitto.conf").read_text())
    assert CONTRACT.items() <= shipped.items()


def test_the_promises_are_those_that_lost_nothing_when_measured() -> None:
    told = ("persistence", "autosave_on_changes", "autosave_interval", "max_queued_messages", "allow_anonymous")
    assert [CONTRACT[name] for name in told] == ["true", "true", "1", "0", "false"]
    assert CONTRACT["retain_available"] == "false"


def test_the_shipped_access_list_is_the_one_of_the_code() -> None:
    lines = (SHIPPED / "acl").read_text().splitlines(keepends=True)
    assert "".join(line for line in lines if not line.startswith("#")) == ACCESS


def test_a_vehicle_reports_over_tls_and_the_service_hears_it(broker: Broker) -> None:
    listener = broker.listen(f"listener-{next(numbers)}", REPORTS)
    assert broker.publish(MOPED, topic(MOPED, Channel.TELEMETRY), b"a report") == ""
    assert heard(listener) == [f"{topic(MOPED, Channel.TELEMETRY)} a report"]


def test_consumers_share_what_is_reported(broker: Broker) -> None:
    one, two = (broker.listen(f"sharing-{name}", shared(REPORTS)) for name in ("one", "two"))
    for number in range(4):
        broker.publish(MOPED, topic(MOPED, Channel.TELEMETRY), str(number).encode())
    assert sorted(heard(one, 2) + heard(two, 2)) == [f"{topic(MOPED, Channel.TELEMETRY)} {n}" for n in range(4)]


def test_without_tls_nothing_is_heard(broker: Broker) -> None:
    with socket.create_connection(("127.0.0.1", broker.vehicles_port), 30) as plain:
        plain.sendall(b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02me")
        with suppress(ConnectionResetError):
            assert plain.recv(4) == b""
    with (
        socket.create_connection(("127.0.0.1", broker.vehicles_port), 30) as stranger,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(stranger, server_hostname="localhost")


@pytest.mark.parametrize(("user", "password"), [(MOPED, "wrong"), (UUID(int=3), "secret"), ("", ""), ("root", "")])
def test_wrong_credentials_are_refused(broker: Broker, user: object, password: str) -> None:
    refused = broker.publish(user, topic(MOPED, Channel.TELEMETRY), b"a report", password=password)
    assert "not authorised" in refused.lower() or "not authorized" in refused.lower()


def test_whom_the_broker_turns_away_the_service_hears_of(broker: Broker) -> None:
    counter = broker.listen(f"counter-{next(numbers)}", BROKER_LOG)
    broker.publish(MOPED, topic(MOPED, Channel.TELEMETRY), b"a report", password="wrong")
    codes = Counter(code for line in heard(counter, 4) for code in turned_away(line.encode()))
    assert codes == {"broker_not_authorised": 1}


@pytest.mark.parametrize(
    "to",
    [
        topic(OTHER, Channel.TELEMETRY),
        topic(OTHER, Channel.REPLY),
        topic(MOPED, Channel.COMMAND),
        "mobility/v1/telemetry",
        "elsewhere",
    ],
)
def test_a_vehicle_may_not_speak_as_another_nor_command_itself(broker: Broker, to: str) -> None:
    assert "Not authorized" in broker.publish(MOPED, to, b"a report")


def test_what_is_said_as_another_is_counted_by_what_the_broker_reads_and_nobody_hears(broker: Broker) -> None:
    listener, unheard = broker.listen(f"unheard-{next(numbers)}", REPORTS, BROKER_READ), Unheard()
    counted = []
    for speakers in ([MOPED], [MOPED], [OTHER, OTHER, MOPED], [MOPED]):
        for speaker in speakers:
            broker.publish(speaker, topic(MOPED, Channel.TELEMETRY), b"reported")
        where = ""
        while unheard.heard <= len(counted) or where != BROKER_READ:
            where, said = heard(listener)[0].split()
            unheard.heard += where != BROKER_READ
        counted.append(unheard.since_told(int(said), keeps_up=True))
    assert counted == [0, 0, 0, 2]


def test_a_vehicle_hears_commands_and_nothing_of_others(broker: Broker) -> None:
    spy = broker.listen("spy", "#", user=OTHER, password="secret")
    broker.publish(MOPED, topic(MOPED, Channel.TELEMETRY), b"a report")
    command = topic(OTHER, Channel.COMMAND)
    assert broker.publish(SERVICE_USER, command, b"lock", password="service", port=broker.service_port) == ""
    assert heard(spy) == [f"{command} lock"]


def test_a_packet_is_heard_or_so_large_that_its_sender_is_turned_away_and_counted(broker: Broker) -> None:
    listener, counter = broker.listen(f"listener-{next(numbers)}", REPORTS), broker.listen("counter", BROKER_LOG)
    for message in (b"x" * (PACKET_BYTES_MAX - 100), b"x" * PACKET_BYTES_MAX, b"next"):
        # A client of MQTT 5 is told the limit and does not send.
        broker.publish(MOPED, topic(MOPED, Channel.TELEMETRY), message, "-V", "311")
    assert [len(line.split()[1]) for line in heard(listener, 2)] == [PACKET_BYTES_MAX - 100, len("next")]
    while not (codes := turned_away(heard(counter)[0].encode())):
        pass
    assert codes == ["broker_oversize"]


def test_a_vehicle_that_calls_itself_like_a_consumer_does_not_take_its_session(broker: Broker) -> None:
    listener = broker.listen("consumer-1", REPORTS)
    broker.publish(MOPED, topic(MOPED, Channel.TELEMETRY), b"kept", "-i", "consumer-1")
    assert heard(listener) == [f"{topic(MOPED, Channel.TELEMETRY)} kept"]


def test_nothing_is_retained(broker: Broker) -> None:
    connect = b"\x00\x04MQTT\x04\xc2\x00\x3c" + b"".join(
        len(part).to_bytes(2, "big") + part for part in (b"x", str(MOPED).encode(), b"secret")
    )
    said = topic(MOPED, Channel.TELEMETRY).encode()
    retained = len(said).to_bytes(2, "big") + said + b"kept"
    context = ssl.create_default_context(cafile=str(broker.folder / "certs/server.crt"))
    with (
        socket.create_connection(("127.0.0.1", broker.vehicles_port), 30) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as vehicle,
    ):
        vehicle.sendall(bytes([0x10, len(connect)]) + connect)
        assert vehicle.recv(4) == b"\x20\x02\x00\x00"
        vehicle.sendall(bytes([0x31, len(retained)]) + retained)
        assert vehicle.recv(4) == b""


def test_what_a_box_retains_is_heard_and_retained_by_nobody(broker: Broker, boxes_port: int) -> None:
    said = f"ovms/{MOPED}/TWZ1/metric/v/b/soc"
    service = [*broker._client(broker.service_port, SERVICE_USER, "service"), "-i", "ovms-reader"]
    reader = ["mosquitto_sub", *service, "-t", OVMS_FILTER, "-C", "1", "-W", "60", "-F", "%t %p %r"]
    with subprocess.Popen(reader, stdout=subprocess.PIPE, text=True) as listening:
        while listening.poll() is None:  # until both the reader and the bridge have subscribed
            broker.publish(MOPED, said, b"57.3", "-r", port=boxes_port)
            broker.publish(MOPED, said.replace(str(MOPED), str(OTHER)), b"0", "-r", port=boxes_port)
            time.sleep(0.1)
        assert listening.stdout is not None
        assert listening.stdout.read() == f"{said} 57.3 0\n"
