"""The demo's last six weeks: orders, questions and what became of them, played through the ordinary actions."""
