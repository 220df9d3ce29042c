"""The boards drawn from ledgers. Each figure is one queryset, shared with the list one click behind it."""

from ledgers.boards import building, coverage, funds, income, life, venues, weak
from ledgers.boards.board import Board

ALL: tuple[Board, ...] = (
    venues.BOARD,
    building.BOARD,
    funds.BOARD,
    income.BOARD,
    weak.BOARD,
    coverage.BOARD,
    life.BOARD,
)
BY_KEY = {board.key: board for board in ALL}
