import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{b as a}from"./chunk-64ST3E3X.mjs";import"./chunk-XUSGT5GZ.mjs";import"./chunk-FHB5WLUV.mjs";import"./chunk-HA5ADYQI.mjs";export{a as SnsStore};
