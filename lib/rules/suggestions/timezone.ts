import { editDistance } from '#lib/nearest';

/**
 * Cities and abbreviations that people write, and the IANA name of their zone. The database names a zone after one of its cities, and
 * that is often not the capital.
 */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'Asia/Shanghai': [
    'beijing',
    'peking',
    'shenzhen',
    'guangzhou',
    'hangzhou',
    'nanjing',
    'chengdu',
    'wuhan',
    'xian',
    'tianjin',
    'suzhou',
    'guiyang',
    'guian',
    'ulanqab',
    'wulanchabu',
    'huhehaote',
    'hohhot',
    'dongguan',
    'langfang',
    'zhangjiakou',
    'china',
    'chinastandardtime',
  ],
  'Asia/Hong_Kong': ['hk'],
  'Asia/Taipei': ['taiwan', 'kaohsiung', 'hsinchu'],
  'Asia/Tokyo': ['osaka', 'kyoto', 'japan', 'jst', 'yokohama'],
  'Asia/Seoul': ['busan', 'korea', 'kst'],
  'Asia/Singapore': ['sgt'],
  'Asia/Kolkata': [
    'mumbai',
    'bombay',
    'delhi',
    'newdelhi',
    'bangalore',
    'bengaluru',
    'chennai',
    'hyderabad',
    'pune',
    'india',
  ],
  'Asia/Ho_Chi_Minh': ['hanoi', 'vietnam'],
  'Asia/Dubai': ['abudhabi', 'uae'],
  'Asia/Riyadh': ['jeddah', 'mecca', 'medina', 'dammam'],
  'Asia/Karachi': ['islamabad', 'lahore'],
  'Asia/Jakarta': ['bandung'],
  'Asia/Jerusalem': ['telaviv'],
  'Europe/Istanbul': ['ankara', 'izmir', 'turkey'],
  'Europe/Moscow': ['saintpetersburg', 'stpetersburg'],
  'Europe/Berlin': [
    'munich',
    'munchen',
    'frankfurt',
    'hamburg',
    'cologne',
    'stuttgart',
    'dusseldorf',
    'nuremberg',
    'leipzig',
    'germany',
  ],
  'Europe/Zurich': ['geneva', 'bern', 'basel'],
  'Europe/Paris': ['lyon', 'marseille', 'toulouse', 'france'],
  'Europe/Madrid': ['barcelona', 'valencia', 'spain'],
  'Europe/Rome': ['milan', 'turin', 'naples', 'italy'],
  'Europe/London': ['manchester', 'edinburgh', 'cambridge', 'bristol', 'uk'],
  'Europe/Amsterdam': ['rotterdam', 'thehague', 'eindhoven'],
  'Europe/Warsaw': ['krakow', 'poland'],
  'Europe/Stockholm': ['gothenburg'],
  'America/New_York': [
    'boston',
    'washington',
    'washingtondc',
    'atlanta',
    'miami',
    'philadelphia',
    'ashburn',
    'nyc',
    'est5edt',
  ],
  'America/Chicago': ['dallas', 'houston', 'austin', 'minneapolis', 'texas'],
  'America/Denver': ['saltlakecity'],
  'America/Los_Angeles': [
    'sanfrancisco',
    'seattle',
    'sanjose',
    'siliconvalley',
    'sandiego',
    'portland',
    'california',
    'pst',
    'pdt',
  ],
  'America/Toronto': ['ottawa', 'montreal'],
  'America/Sao_Paulo': ['brasilia', 'riodejaneiro', 'rio', 'brazil'],
  'America/Mexico_City': ['mexico', 'guadalajara'],
  'Africa/Johannesburg': ['capetown', 'pretoria'],
  'Australia/Sydney': ['canberra'],
  'Pacific/Auckland': ['wellington'],
};

/** Abbreviations of several zones. */
const AMBIGUOUS: Readonly<Record<string, readonly string[]>> = {
  cst: ['Asia/Shanghai', 'America/Chicago'],
  ist: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  bst: ['Europe/London', 'Asia/Dhaka'],
  est: ['America/New_York', 'Australia/Sydney'],
  ast: ['America/Halifax', 'Asia/Riyadh'],
};

/** Whether a name is an abbreviation of several zones. Node.js takes `CST` for Chicago, and its author may mean China. */
export function isAmbiguousTimezone(name: string): boolean {
  return Object.hasOwn(AMBIGUOUS, plain(name));
}

/** The end of a message about an unknown time zone: the name that was probably meant, in its part of the world. */
export function suggestTimezone(name: string): string {
  const several = AMBIGUOUS[plain(name)];
  if (several)
    return `: the abbreviation has several meanings. Write the name of a place, such as ${several.join(' or ')}`;
  if (/^(utc|gmt)?\s*[+-]\s*\d{1,2}(:?\d{2})?$/i.test(name.trim()))
    return ': an offset has no rules for summer time. Write the name of a place, such as Asia/Shanghai or Europe/Berlin';
  const meant = nearestTimezone(name);
  return meant === undefined ? ' such as Europe/Berlin or UTC' : `: did you mean "${meant}"?`;
}

/**
 * The zone that the author of `name` probably meant. A city counts with its continent: `Asia/Bejing` is Beijing, and never a city
 * that only looks alike, or one in another part of the world.
 */
export function nearestTimezone(name: string): string | undefined {
  const parts = name.trim().split('/');
  const city = plain(parts.at(-1) ?? '');
  if (city === '') return undefined;
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const area = parts.length > 1 ? nearestArea(parts[0] ?? '', zones) : undefined;
  const candidates = [
    ...zones.map((zone) => ({ zone, place: plain(zone.split('/').at(-1) ?? '') })),
    ...Object.entries(PLACES).flatMap(([zone, places]) => places.map((place) => ({ zone, place }))),
  ].map((one) => ({ ...one, distance: editDistance(city, one.place) }));
  // A known city in a wrong continent is still that city.
  const exact = candidates.filter(({ distance }) => distance === 0);
  const allowed =
    exact.length > 0
      ? exact
      : candidates.filter(({ zone }) => area === undefined || zone.startsWith(`${area}/`));
  const [best] = allowed
    .filter(({ place, distance }) => distance <= Math.floor(Math.max(city.length, place.length) / 4))
    .toSorted((a, b) => a.distance - b.distance || Number(isIn(b.zone, area)) - Number(isIn(a.zone, area)));
  return best?.zone;
}

function isIn(zone: string, area: string | undefined): boolean {
  return area !== undefined && zone.startsWith(`${area}/`);
}

/** The first part of a name of the database, such as `Asia`. Undefined if a text resembles none. */
function nearestArea(text: string, zones: readonly string[]): string | undefined {
  const areas = [...new Set(zones.flatMap((zone) => (zone.includes('/') ? (zone.split('/')[0] ?? []) : [])))];
  return areas.find((area) => editDistance(area.toLowerCase(), text.toLowerCase()) <= 1);
}

/** A name without case, spaces and marks. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9+]/g, '');
}
