import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a}from"./chunk-YXI4QG56.mjs";import"./chunk-HA5ADYQI.mjs";export{a as PersistenceManager};
