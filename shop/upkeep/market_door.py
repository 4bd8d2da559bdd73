"""The whole of `softlaunch market`: its commands stand in modules of their own, one for each subject."""

import typer

from shop.upkeep.agreeing_commands import agreeing_app
from shop.upkeep.history_commands import history_app
from shop.upkeep.letting_commands import letting_app
from shop.upkeep.market_commands import market_app

market_door: typer.Typer = market_app
for each in (agreeing_app, letting_app, history_app):
    market_door.add_typer(each)
