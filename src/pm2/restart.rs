//! When PM2 gives a crashing app up, how long it waits between two starts, and who wins when an app and PM2 both end it.
