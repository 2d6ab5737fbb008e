import json
import signal
import subprocess
import sys

import pytest
from click.testing import CliRunner

from mobility.cli.street import street


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--riders", "1"], "with --mailbox"),
        (["--riders", "0", "--over", "mqtt"], "with --broker or MOBILITY_MQTT_URL"),
        (["--riders", "0", "--over", "mqtt", "--broker", "http://broker"], "a broker's address is mqtt://host:port"),
        (["--riders", "0", "--over", "mqtt", "--broker", "mqtts://b", "--broker-ca", "/no/file"], "No such file"),
        (["--riders", "0", "--faults", "lost=2"], "--faults: lost: 2 is no share from 0 to 1"),
    ],
)
def test_options_that_make_no_street_are_refused_in_one_sentence(tmp_path, options, sentence):
    keys = tmp_path / "vehicles.jsonl"
    keys.touch()
    answer = CliRunner().invoke(
        street, ["--city", "arcy", "--keys", str(keys), *options], env={"MOBILITY_MQTT_URL": ""}
    )
    assert answer.exit_code == 2
    assert sentence in " ".join(answer.output.replace("│", " ").split())


def test_a_file_that_holds_no_keys_is_refused_in_one_sentence(tmp_path):
    keys = tmp_path / "vehicles.jsonl"
    keys.write_text('{"plate": "A-001"}\n')
    answer = CliRunner().invoke(
        street, ["--city", "arcy", "--keys", str(keys), "--mailbox", str(tmp_path / "mailbox.jsonl")]
    )
    assert answer.exit_code == 2
    assert "is no file of vehicle keys" in answer.output


def test_vehicles_alone_make_load_tell_their_status_and_stop_cleanly_when_told_to(service):
    def command(city):
        options = ["--url", service.url, "--city", city, "--keys", str(service.vehicles)]
        options += ["--riders", "0", "--vehicles", "5", "--every", "1", "--faults", "gentle", "--status", "json"]
        return [sys.executable, "-m", "mobility", "street", *options]

    nowhere = subprocess.run(command("nowhere"), capture_output=True, text=True, check=False)
    assert (nowhere.returncode, "unknown_city" in nowhere.stderr) == (1, True)
    with subprocess.Popen(command(service.city), stdout=subprocess.PIPE) as running:
        status = next(status for line in running.stdout if (status := json.loads(line))["reports"])
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=30)
    assert running.returncode == 0
    assert {"line", "rides_running", "rides_paid", "paid", "refusals", "reports_per_s"} <= set(status)
    assert service.vehicles.with_suffix(".street.json").exists()
