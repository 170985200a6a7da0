"""Who owes whom: payout accounts, obligations, and the payments and refunds that go straight from payer to payee."""
