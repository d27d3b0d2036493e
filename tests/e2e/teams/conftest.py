"""Which of the Teams tests run where: journeys only in a network of their own."""

from tests.e2e.teams.playground import IS_IN_NETWORK

collect_ignore = ["test_cards.py", "test_network.py"] if IS_IN_NETWORK else ["test_playground.py"]
