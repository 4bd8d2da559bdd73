"""The whole of `softlaunch market`: its commands stand in modules of their own, one for each subject."""

import typer

from shop.launches.steering.agreeing_commands import agreeing_app
from shop.launches.steering.commands import market_app
from shop.launches.steering.history_commands import history_app
from shop.launches.steering.letting_commands import letting_app

market_door: typer.Typer = market_app
for each in (agreeing_app, letting_app, history_app):
    market_door.add_typer(each)
