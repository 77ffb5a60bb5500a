import { pool } from './db';

/** Fills the search table after a release. One worker is enough. */
export function warmUpSearch(): void {
  pool
    .query('REFRESH MATERIALIZED VIEW CONCURRENTLY product_search')
    .then(() => console.log('search: refreshed'))
    .catch((error) => console.error('search: refresh failed', error));
}
