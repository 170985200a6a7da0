"""One way out to people: e-mail, SMS and WhatsApp behind one call, in their language; a mailbox in development."""
