import json
import signal
import subprocess
import sys

from click.testing import CliRunner

from mobility.cli.street import street


def test_a_file_that_holds_no_keys_is_refused_in_one_sentence(tmp_path):
    keys = tmp_path / "vehicles.jsonl"
    keys.write_text('{"plate": "A-001"}\n')
    answer = CliRunner().invoke(
        street, ["--city", "arcy", "--keys", str(keys), "--mailbox", str(tmp_path / "mailbox.jsonl")]
    )
    assert answer.exit_code == 2
    assert "is no file of vehicle keys" in answer.output


def test_the_command_tells_its_status_and_stops_cleanly_when_told_to(service):
    def command(city):
        options = ["--url", service.url, "--city", city, "--keys", str(service.vehicles)]
        options += ["--mailbox", str(service.mailbox), "--status", "json", "--riders", "2"]
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
