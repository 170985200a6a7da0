"""All that knows FastAPI: sessions per request, the operation's route class, conditional requests, problems."""
