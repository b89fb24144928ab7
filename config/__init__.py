"""What an operator sets: secrets and addresses (settings) and the genesis of every amendable number (genesis)."""
