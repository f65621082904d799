export { type Choose, degrade } from '#local/simulator/odd-replies/degrade';
export { isOddity, type Oddity, objectOddities, oddities } from '#local/simulator/odd-replies/oddity';
