"""What people do with alerts: take, snooze, mute, say that no reply is needed."""
