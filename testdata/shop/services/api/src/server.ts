import { createApp } from './app';
import { startReminders } from './reminders';
import { warmUpSearch } from './search';
import { closeOnSignal } from './shutdown';

const port = Number(process.env.PORT ?? 3000);

const server = createApp().listen(port, () => console.log(`api listening on ${port}`));
closeOnSignal(server);
startReminders();

if (Number(process.env.NODE_APP_INSTANCE ?? 0) === 0) {
  warmUpSearch();
}
