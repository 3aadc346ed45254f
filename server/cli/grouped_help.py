"""Plain help with the options of a command in named groups."""

from typing import Any

from typer.core import TyperArgument, TyperCommand


class GroupedHelp(TyperCommand):
    """Shows options under their `rich_help_panel`, as Typer does with Rich only."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments, options without a group, then the groups in the order of their options."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            usual = "Arguments" if isinstance(parameter, TyperArgument) else "Options"
            panel = getattr(parameter, "rich_help_panel", None)
            groups.setdefault(panel or usual, []).append(record)
        for title, records in groups.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
