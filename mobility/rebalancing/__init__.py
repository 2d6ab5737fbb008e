"""The night: how today's fleet becomes the fleet that tomorrow morning needs."""
