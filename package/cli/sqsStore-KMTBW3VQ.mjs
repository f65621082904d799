import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{i as a,j as b}from"./chunk-32ORAQYQ.mjs";import"./chunk-XUSGT5GZ.mjs";import"./chunk-HA5ADYQI.mjs";export{a as SqsQueue,b as SqsStore};
