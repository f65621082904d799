/** The published names of regions, without their part of the world: `Ireland` in `Europe (Ireland)`, `EU (Ireland)`, `EU - Ireland`. */
const CODES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bahrain: 'me-south-1',
    beijing: 'cn-north-1',
    calgary: 'ca-west-1',
    'canada central': 'ca-central-1',
    'cape town': 'af-south-1',
    chile: 'sa-west-1',
    frankfurt: 'eu-central-1',
    germany: 'eusc-de-east-1',
    'gov cloud us': 'us-gov-west-1',
    'gov cloud us east': 'us-gov-east-1',
    'gov cloud us west': 'us-gov-west-1',
    'hong kong': 'ap-east-1',
    hyderabad: 'ap-south-2',
    ireland: 'eu-west-1',
    jakarta: 'ap-southeast-3',
    london: 'eu-west-2',
    malaysia: 'ap-southeast-5',
    melbourne: 'ap-southeast-4',
    'mexico central': 'mx-central-1',
    milan: 'eu-south-1',
    mumbai: 'ap-south-1',
    'n california': 'us-west-1',
    'n virginia': 'us-east-1',
    'new zealand': 'ap-southeast-6',
    ningxia: 'cn-northwest-1',
    'northern california': 'us-west-1',
    'northern virginia': 'us-east-1',
    ohio: 'us-east-2',
    oregon: 'us-west-2',
    osaka: 'ap-northeast-3',
    'osaka local': 'ap-northeast-3',
    paris: 'eu-west-3',
    'sao paulo': 'sa-east-1',
    'saudi arabia': 'me-west-1',
    seoul: 'ap-northeast-2',
    singapore: 'ap-southeast-1',
    spain: 'eu-south-2',
    stockholm: 'eu-north-1',
    sydney: 'ap-southeast-2',
    taipei: 'ap-east-2',
    'tel aviv': 'il-central-1',
    thailand: 'ap-southeast-7',
    tokyo: 'ap-northeast-1',
    uae: 'me-central-1',
    zurich: 'eu-central-2',
  }),
);

/** The part of the world, in front of the name of a region. */
const PART_OF_WORLD =
  /^(?:us|eu|europe|european sovereign cloud|asia pacific|africa|canada|china|israel|middle east|south america)(?: (?:north|east|south|west|central))? /;

const CODE = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/**
 * The code of a region of AWS from its text for people, such as `eu-west-1` from `EU (Ireland)`; a code stays. Undefined for any other text.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export function regionCode(text: string): string | undefined {
  const name = text.trim();
  if (CODE.test(name)) return name;
  const words = name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/(?<=Gov)(?=Cloud)/g, ' ')
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim()
    .replace(/^aws /, '');
  return CODES.get(words) ?? CODES.get(words.replace(PART_OF_WORLD, ''));
}

const PARTITIONS = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
] as const;

/** The partition of a region: the second part of each ARN there. */
export function partitionOf(code: string): string {
  return PARTITIONS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'aws';
}
