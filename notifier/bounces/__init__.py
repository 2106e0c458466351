"""What mail servers and mailbox providers write back about our mails: bytes -> what became of which mail. No I/O."""
