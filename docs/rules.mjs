// Preprocessor of mdBook: puts the pages of `rules/` below the chapter "Rules", by category, and lists them in it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname ?? '.', '..', 'rules');

/** A page as `{ id, severity, category, summary, text }`; of a fence only the language is kept. */
function page(file) {
  const [, front, text] = readFileSync(join(folder, file), 'utf8').match(/^---\n([\s\S]*?)\n---\n([\s\S]*)$/);
  const value = (key) => front.match(new RegExp(`^${key}: *(.*)$`, 'm'))?.[1] ?? '';
  const fence = (_, language, info) => '```' + language + (info.includes('file=') ? `\n${comment(language, info)}` : '');
  return {
    id: file.replace(/\.md$/, ''),
    severity: value('severity'),
    category: value('category'),
    summary: value('summary'),
    text: text.replace(/^```(\w+) (.*)$/gm, fence),
  };
}

/** The name of an example's file, as a comment at its head. */
function comment(language, info) {
  const name = info.match(/file=(\S+)/)[1];
  if (/^(json|text|log)$/.test(language)) return '';
  return `${/^(ya?ml|sh|bash|dockerfile|toml|procfile|ini|env)$/i.test(language) ? '#' : '//'} ${name}`;
}

function chapter(page, number) {
  const path = `rules/${page.id}.md`;
  return { Chapter: { name: page.id, content: page.text, number, sub_items: [], path, source_path: path, parent_names: ['Rules'] } };
}

function list(pages) {
  const categories = [...new Set(pages.map((page) => page.category))];
  const row = (page) => `| [${page.id}](rules/${page.id}.md) | ${page.severity} | ${page.summary} |`;
  const table = (category) =>
    [`\n## ${category}\n`, '| rule | severity | what is wrong |', '|---|---|---|', ...pages.filter((page) => page.category === category).map(row)].join('\n');
  return categories.map(table).join('\n') + '\n';
}

if (process.argv[2] === 'supports') process.exit(0);

const [, book] = JSON.parse(readFileSync(0, 'utf8'));
const pages = readdirSync(folder).filter((file) => file.endsWith('.md')).map(page);
const rules = (book.items ?? book.sections).map((item) => item.Chapter).find((item) => item?.path === 'rules.md');
rules.content += list(pages);
rules.sub_items.push(...pages.map((page, at) => chapter(page, rules.number && [...rules.number, at + 1])));
process.stdout.write(JSON.stringify(book));
