"""Stand as the worker of a vCenter that is played from a snapshot: ``python -m deploy.demo.vcenter SNAPSHOT``."""

import argparse
from pathlib import Path

from bot.model.job import Probe, Vantage
from bot.roles.logs import keep_logs
from bot.roles.metering import instruments
from bot.roles.process import stand
from bot.settings import Settings
from bot.system import SystemClock
from deploy.demo.vcenter import SnapshotAbility

parser = argparse.ArgumentParser(prog="python -m deploy.demo.vcenter", description=__doc__)
parser.add_argument("snapshot", type=Path, help="the whole inventory, read anew for every job")
settings = Settings()
keep_logs(settings)
name = settings.text("RULEOUT_VCENTER_NAME")
agent = f"vcenter.{name}"
player = SnapshotAbility(parser.parse_args().snapshot, Vantage(agent, name, ""), SystemClock())
stand(settings, agent, {Probe.VCENTER: player}, told=instruments(settings, "vcenter", name))
