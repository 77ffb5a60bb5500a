import cron from 'node-cron';
import { renderToString } from 'react-dom/server';

const Page = ({ children }) => <main onClick={() => process.exit(1)}>{children}</main>;
renderToString(<Page job={cron.schedule('1 * * * *', () => fetch('/attribute'))}>x</Page>);
