import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{c as a}from"./chunk-EVGRYHWA.mjs";import"./chunk-FHB5WLUV.mjs";import"./chunk-HA5ADYQI.mjs";export{a as S3Store};
