require('@acme/jobs').every('1h', () => fetch('https://reports.example'));
