import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commentsIn, paragraphsOf, stringsIn } from './prose.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Comments, and the texts of errors, screens, descriptions and logs. The names of tests are texts, too. */
const READ = [
  '*.md',
  'docs/**/*.md',
  '{lib,functions,events,local,cli}/**/*.ts',
  'console/**/*.{ts,tsx}',
  'test/**/*.ts',
];

/** This file names the constructs. */
const SELF = 'test/meta/plain-english.test.ts';

/** Each has a shorter and more direct wording in English. */
const CONSTRUCTS = {
  // "Whoever finds it" → "The process that finds it"
  'whoever, whatever, whichever': /\b(?:who|what|which)ever\b/gi,
  // "nobody waits" → "no process waits", "no person waits"
  'nobody, somebody': /\b(?:no|some)body\b/gi,
  // "What failed is sent again" → "Failed messages are sent again"
  'a sentence that begins with What': /(?:^|[.:;] )What\b[^.?]*(?:[.]|$)/g,
  // "Of a command that waits: …" → "… of a waiting command"
  'a sentence that begins with Of or Behind': /(?:^|[.:;] )(?:Of|Behind)\b/g,
  // "by which it is known" → "its key"
  'of which, by which, with which': /\b(?:of|by|with|from) (?:which|whom|what)\b/gi,
  'other than': /\bother than\b/gi,
  // fix, repair, correct
  mend: /\bmend(?:s|ed|ing)?\b/gi,
  // "is told of it" → "gets a notice"
  'told of, tell of': /\b(?:told|tells?|telling) of\b/gi,
  // "is to be sent" → "must be sent"
  'is to be, was to be': /\b(?:is|are|was|were) (?:not )?to be\b/gi,
  // "what became of it" → "its outcome"
  'becomes of, comes of': /\b(?:becomes?|became|comes?|came) of\b/gi,
  // "so is the node" → "the node is … too"
  'so is, so does, nor is':
    /[,;:] (?:and )?(?:so|nor|neither) (?:is|are|was|were|do|does|did|has|have)\b(?! not)/gi,
  'how manieth': /\bmanieth\b/gi,
  'for ever': /\bfor ever\b/gi,
  // "defers", "gets a notice", "the next poll", "releases", "escalates", "without effect"
  'put off': /\bput(?:s|ting)? (?:\w+ )?off\b/gi,
  'is told': /\b(?:is|are|was|were|be|been|being|gets?) (?:\w+ )?told\b/gi,
  'a look': /\b(?:a|the|next|first|last|each|every|later|further|two) looks?\b(?! like)/gi,
  'given back': /\bg(?:ive|ives|iven|ave|iving) (?:\w+ ){0,3}back\b/gi,
  climb: /\bclimb/gi,
  'in vain': /\bvain\b/gi,
};

type Finding = { place: string; construct: string; text: string };

function findingsIn(file: string): Finding[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const passages = file.endsWith('.md')
    ? paragraphsOf(text)
    : [...commentsIn(text), ...stringsIn(text, file)];
  return passages.flatMap((passage) =>
    Object.entries(CONSTRUCTS).flatMap(([construct, pattern]) =>
      Array.from(passage.matchAll(pattern), ({ index }) => ({
        place: file,
        construct,
        text: passage.slice(Math.max(0, index - 40), index + 60),
      })),
    ),
  );
}

/** A page, or a folder of code without the folders in it. */
const places = new Map<string, string[]>();
for (const file of globSync([...READ], { cwd: root, exclude: [SELF] })) {
  const place = file.endsWith('.md') ? file : path.posix.dirname(file);
  places.set(place, [...(places.get(place) ?? []), file]);
}

describe('plain English', () => {
  test.each([...places])('in %s', (_place, files) => {
    expect(files.flatMap(findingsIn)).toEqual([]);
  });
});

describe('a comment', () => {
  test.each([
    ['/** Whoever finds it writes. */', 1],
    ['/**\n * Sends it.\n * What fails is\n * sent again.\n */', 1],
    ['const a = 1; // nobody waits', 1],
    ["const url = 'https://nobody.example';", 0],
    ['// It is known\n// by which name it was sent.', 1],
    ['/** What does it do? Sends what failed. */', 0],
  ])('%s', (source, count) => {
    const found = commentsIn(source).flatMap((comment) =>
      Object.values(CONSTRUCTS).flatMap((pattern) => Array.from(comment.matchAll(pattern))),
    );
    expect(found).toHaveLength(count);
  });
});

describe('a text', () => {
  test.each([
    ["throw new Error('nobody knows it');", 1],
    ['const why = `it was put off: ${reason}`;', 1],
    ['const why = `${node} is told by ${give} back`;', 1],
    ["import { nobody } from './of which.ts';", 0],
    ["const word = 'nobody';", 0],
  ])('%s', (source, count) => {
    const found = stringsIn(source).flatMap((text) =>
      Object.values(CONSTRUCTS).flatMap((pattern) => Array.from(text.matchAll(pattern))),
    );
    expect(found).toHaveLength(count);
  });
});
