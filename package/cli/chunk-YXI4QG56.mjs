import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);
import{a as o}from"./chunk-HA5ADYQI.mjs";import{mkdirSync as u}from"node:fs";import{join as l}from"node:path";import{DatabaseSync as p}from"node:sqlite";var d=`
CREATE TABLE IF NOT EXISTS sqs_queues (
  name TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  arn TEXT NOT NULL,
  attributes TEXT NOT NULL,
  tags TEXT NOT NULL,
  created_timestamp INTEGER NOT NULL,
  last_modified_timestamp INTEGER NOT NULL,
  sequence_counter INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS sqs_messages (
  message_id TEXT PRIMARY KEY,
  queue_name TEXT NOT NULL REFERENCES sqs_queues(name) ON DELETE CASCADE,
  body TEXT NOT NULL,
  md5_of_body TEXT NOT NULL,
  message_attributes TEXT NOT NULL,
  md5_of_message_attributes TEXT NOT NULL,
  sent_timestamp INTEGER NOT NULL,
  approximate_receive_count INTEGER NOT NULL DEFAULT 0,
  approximate_first_receive_timestamp INTEGER,
  delay_until INTEGER,
  message_group_id TEXT,
  message_deduplication_id TEXT,
  sequence_number TEXT,
  receipt_handle TEXT,
  visibility_deadline INTEGER
);

CREATE TABLE IF NOT EXISTS sns_topics (
  arn TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  attributes TEXT NOT NULL,
  tags TEXT NOT NULL,
  subscription_arns TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS sns_subscriptions (
  arn TEXT PRIMARY KEY,
  topic_arn TEXT NOT NULL,
  protocol TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  confirmed INTEGER NOT NULL DEFAULT 0,
  attributes TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS s3_buckets (
  name TEXT PRIMARY KEY,
  creation_date TEXT NOT NULL,
  type TEXT NOT NULL DEFAULT 'general-purpose'
);

CREATE TABLE IF NOT EXISTS s3_bucket_lifecycle_configurations (
  bucket TEXT PRIMARY KEY REFERENCES s3_buckets(name) ON DELETE CASCADE,
  configuration TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS s3_objects (
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  body BLOB NOT NULL,
  content_type TEXT NOT NULL,
  content_length INTEGER NOT NULL,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  metadata TEXT NOT NULL,
  content_language TEXT,
  content_disposition TEXT,
  cache_control TEXT,
  content_encoding TEXT,
  parts TEXT,
  checksum_algorithm TEXT,
  checksum_value TEXT,
  checksum_type TEXT,
  part_checksums TEXT,
  PRIMARY KEY (bucket, key)
);

CREATE TABLE IF NOT EXISTS s3_multipart_uploads (
  upload_id TEXT PRIMARY KEY,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL,
  content_type TEXT NOT NULL,
  metadata TEXT NOT NULL,
  initiated TEXT NOT NULL,
  content_language TEXT,
  content_disposition TEXT,
  cache_control TEXT,
  content_encoding TEXT,
  checksum_algorithm TEXT
);

CREATE TABLE IF NOT EXISTS s3_multipart_parts (
  upload_id TEXT NOT NULL REFERENCES s3_multipart_uploads(upload_id) ON DELETE CASCADE,
  part_number INTEGER NOT NULL,
  body BLOB NOT NULL,
  etag TEXT NOT NULL,
  last_modified TEXT NOT NULL,
  checksum_value TEXT,
  PRIMARY KEY (upload_id, part_number)
);
`,c=class{static{o(this,"PersistenceManager")}db;stmts;constructor(e){u(e,{recursive:!0});let s=l(e,"fauxqs.db");this.db=new p(s,{enableForeignKeyConstraints:!0}),this.db.exec("PRAGMA journal_mode = WAL"),this.db.exec(d),this.stmts=this.prepareStatements()}prepareStatements(){return{insertQueue:this.db.prepare(`
        INSERT OR REPLACE INTO sqs_queues (name, url, arn, attributes, tags, created_timestamp, last_modified_timestamp, sequence_counter)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      `),deleteQueue:this.db.prepare("DELETE FROM sqs_queues WHERE name = ?"),updateQueueAttributes:this.db.prepare("UPDATE sqs_queues SET attributes = ?, last_modified_timestamp = ? WHERE name = ?"),updateQueueSequenceCounter:this.db.prepare("UPDATE sqs_queues SET sequence_counter = ? WHERE name = ?"),loadQueues:this.db.prepare("SELECT * FROM sqs_queues"),insertMessage:this.db.prepare(`
        INSERT OR REPLACE INTO sqs_messages (
          message_id, queue_name, body, md5_of_body, message_attributes, md5_of_message_attributes,
          sent_timestamp, approximate_receive_count, approximate_first_receive_timestamp,
          delay_until, message_group_id, message_deduplication_id, sequence_number,
          receipt_handle, visibility_deadline
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      `),deleteMessage:this.db.prepare("DELETE FROM sqs_messages WHERE message_id = ?"),updateMessageInflight:this.db.prepare(`
        UPDATE sqs_messages SET receipt_handle = ?, visibility_deadline = ?, approximate_receive_count = ?, approximate_first_receive_timestamp = ?
        WHERE message_id = ?
      `),deleteQueueMessages:this.db.prepare("DELETE FROM sqs_messages WHERE queue_name = ?"),loadMessages:this.db.prepare("SELECT * FROM sqs_messages WHERE queue_name = ?"),deleteAllMessages:this.db.prepare("DELETE FROM sqs_messages"),insertTopic:this.db.prepare(`
        INSERT OR REPLACE INTO sns_topics (arn, name, attributes, tags, subscription_arns)
        VALUES (?, ?, ?, ?, ?)
      `),deleteTopic:this.db.prepare("DELETE FROM sns_topics WHERE arn = ?"),updateTopicAttributes:this.db.prepare("UPDATE sns_topics SET attributes = ? WHERE arn = ?"),updateTopicSubscriptionArns:this.db.prepare("UPDATE sns_topics SET subscription_arns = ? WHERE arn = ?"),loadTopics:this.db.prepare("SELECT * FROM sns_topics"),insertSubscription:this.db.prepare(`
        INSERT OR REPLACE INTO sns_subscriptions (arn, topic_arn, protocol, endpoint, confirmed, attributes)
        VALUES (?, ?, ?, ?, ?, ?)
      `),deleteSubscription:this.db.prepare("DELETE FROM sns_subscriptions WHERE arn = ?"),updateSubscriptionAttributes:this.db.prepare("UPDATE sns_subscriptions SET attributes = ? WHERE arn = ?"),loadSubscriptions:this.db.prepare("SELECT * FROM sns_subscriptions"),insertBucket:this.db.prepare("INSERT OR REPLACE INTO s3_buckets (name, creation_date, type) VALUES (?, ?, ?)"),deleteBucket:this.db.prepare("DELETE FROM s3_buckets WHERE name = ?"),loadBuckets:this.db.prepare("SELECT * FROM s3_buckets"),saveBucketLifecycleConfiguration:this.db.prepare("INSERT OR REPLACE INTO s3_bucket_lifecycle_configurations (bucket, configuration) VALUES (?, ?)"),deleteBucketLifecycleConfiguration:this.db.prepare("DELETE FROM s3_bucket_lifecycle_configurations WHERE bucket = ?"),loadBucketLifecycleConfigurations:this.db.prepare("SELECT * FROM s3_bucket_lifecycle_configurations"),upsertObject:this.db.prepare(`
        INSERT OR REPLACE INTO s3_objects (
          bucket, key, body, content_type, content_length, etag, last_modified, metadata,
          content_language, content_disposition, cache_control, content_encoding,
          parts, checksum_algorithm, checksum_value, checksum_type, part_checksums
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      `),deleteObject:this.db.prepare("DELETE FROM s3_objects WHERE bucket = ? AND key = ?"),deleteObjectsByBucket:this.db.prepare("DELETE FROM s3_objects WHERE bucket = ?"),deleteAllObjects:this.db.prepare("DELETE FROM s3_objects"),loadObjectsMeta:this.db.prepare("SELECT bucket, key, content_type, content_length, etag, last_modified, metadata, content_language, content_disposition, cache_control, content_encoding, parts, checksum_algorithm, checksum_value, checksum_type, part_checksums FROM s3_objects"),insertMultipartUpload:this.db.prepare(`
        INSERT OR REPLACE INTO s3_multipart_uploads (
          upload_id, bucket, key, content_type, metadata, initiated,
          content_language, content_disposition, cache_control, content_encoding, checksum_algorithm
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      `),deleteMultipartUpload:this.db.prepare("DELETE FROM s3_multipart_uploads WHERE upload_id = ?"),loadMultipartUploads:this.db.prepare("SELECT * FROM s3_multipart_uploads"),upsertMultipartPart:this.db.prepare(`
        INSERT OR REPLACE INTO s3_multipart_parts (upload_id, part_number, body, etag, last_modified, checksum_value)
        VALUES (?, ?, ?, ?, ?, ?)
      `),deleteMultipartParts:this.db.prepare("DELETE FROM s3_multipart_parts WHERE upload_id = ?"),loadMultipartParts:this.db.prepare("SELECT * FROM s3_multipart_parts WHERE upload_id = ?"),deleteAllMultipartParts:this.db.prepare("DELETE FROM s3_multipart_parts"),deleteAllMultipartUploads:this.db.prepare("DELETE FROM s3_multipart_uploads"),readBody:this.db.prepare("SELECT body FROM s3_objects WHERE bucket = ? AND key = ?")}}transaction(e){this.db.exec("BEGIN");try{e(),this.db.exec("COMMIT")}catch(s){throw this.db.exec("ROLLBACK"),s}}insertQueue(e){this.stmts.insertQueue.run(e.name,e.url,e.arn,JSON.stringify(e.attributes),JSON.stringify(Object.fromEntries(e.tags)),e.createdTimestamp,e.lastModifiedTimestamp,e.sequenceCounter)}deleteQueue(e){this.stmts.deleteQueue.run(e)}updateQueueAttributes(e,s,t){this.stmts.updateQueueAttributes.run(JSON.stringify(s),t,e)}updateQueueSequenceCounter(e,s){this.stmts.updateQueueSequenceCounter.run(s,e)}insertMessage(e,s){this.stmts.insertMessage.run(s.messageId,e,s.body,s.md5OfBody,JSON.stringify(s.messageAttributes),s.md5OfMessageAttributes,s.sentTimestamp,s.approximateReceiveCount,s.approximateFirstReceiveTimestamp??null,s.delayUntil??null,s.messageGroupId??null,s.messageDeduplicationId??null,s.sequenceNumber??null,null,null)}deleteMessage(e){this.stmts.deleteMessage.run(e)}updateMessageInflight(e,s,t,i,a){this.stmts.updateMessageInflight.run(s,t,i,a??null,e)}updateMessageReady(e){this.stmts.updateMessageInflight.run(null,null,null,null,e)}deleteQueueMessages(e){this.stmts.deleteQueueMessages.run(e)}deleteAllMessages(){this.stmts.deleteAllMessages.run()}insertTopic(e){this.stmts.insertTopic.run(e.arn,e.name,JSON.stringify(e.attributes),JSON.stringify(Object.fromEntries(e.tags)),JSON.stringify(e.subscriptionArns))}deleteTopic(e){this.stmts.deleteTopic.run(e)}updateTopicAttributes(e,s){this.stmts.updateTopicAttributes.run(JSON.stringify(s),e)}updateTopicSubscriptionArns(e,s){this.stmts.updateTopicSubscriptionArns.run(JSON.stringify(s),e)}insertSubscription(e){this.stmts.insertSubscription.run(e.arn,e.topicArn,e.protocol,e.endpoint,e.confirmed?1:0,JSON.stringify(e.attributes))}deleteSubscription(e){this.stmts.deleteSubscription.run(e)}updateSubscriptionAttributes(e,s){this.stmts.updateSubscriptionAttributes.run(JSON.stringify(s),e)}insertBucket(e,s,t){this.stmts.insertBucket.run(e,s.toISOString(),t)}deleteBucket(e){this.stmts.deleteBucket.run(e)}saveBucketLifecycleConfiguration(e,s){this.stmts.saveBucketLifecycleConfiguration.run(e,s)}deleteBucketLifecycleConfiguration(e){this.stmts.deleteBucketLifecycleConfiguration.run(e)}upsertObject(e,s){this.stmts.upsertObject.run(e,s.key,s.body,s.contentType,s.contentLength,s.etag,s.lastModified.toISOString(),JSON.stringify(s.metadata),s.contentLanguage??null,s.contentDisposition??null,s.cacheControl??null,s.contentEncoding??null,s.parts?JSON.stringify(s.parts):null,s.checksumAlgorithm??null,s.checksumValue??null,s.checksumType??null,s.partChecksums?JSON.stringify(s.partChecksums):null)}deleteObject(e,s){this.stmts.deleteObject.run(e,s)}deleteObjectsByBucket(e){this.stmts.deleteObjectsByBucket.run(e)}deleteAllObjects(){this.stmts.deleteAllObjects.run()}readBody(e,s){let t=this.stmts.readBody.get(e,s);if(!t)throw new Error(`Object not found in persistence: ${e}/${s}`);return Buffer.from(t.body)}renameObject(e,s,t){this.transaction(()=>{let i=this.db.prepare("SELECT * FROM s3_objects WHERE bucket = ? AND key = ?").get(e,s);if(!i)return;this.stmts.deleteObject.run(e,s);let a=i;this.stmts.upsertObject.run(e,t,a.body,a.content_type,a.content_length,a.etag,a.last_modified,a.metadata,a.content_language,a.content_disposition,a.cache_control,a.content_encoding,a.parts,a.checksum_algorithm,a.checksum_value,a.checksum_type,a.part_checksums)})}insertMultipartUpload(e){this.stmts.insertMultipartUpload.run(e.uploadId,e.bucket,e.key,e.contentType,JSON.stringify(e.metadata),e.initiated.toISOString(),e.contentLanguage??null,e.contentDisposition??null,e.cacheControl??null,e.contentEncoding??null,e.checksumAlgorithm??null)}upsertMultipartPart(e,s){this.stmts.upsertMultipartPart.run(e,s.partNumber,s.body,s.etag,s.lastModified.toISOString(),s.checksumValue??null)}deleteMultipartUpload(e){this.stmts.deleteMultipartUpload.run(e)}completeMultipartUpload(e,s,t){this.transaction(()=>{this.upsertObject(s,t),this.stmts.deleteMultipartUpload.run(e)})}deleteAllMultipartUploads(){this.transaction(()=>{this.stmts.deleteAllMultipartParts.run(),this.stmts.deleteAllMultipartUploads.run()})}clearMessagesAndObjects(){this.transaction(()=>{this.stmts.deleteAllMessages.run(),this.stmts.deleteAllObjects.run(),this.stmts.deleteAllMultipartParts.run(),this.stmts.deleteAllMultipartUploads.run()})}purgeAll(){this.transaction(()=>{this.stmts.deleteAllMultipartParts.run(),this.stmts.deleteAllMultipartUploads.run(),this.stmts.deleteAllObjects.run(),this.stmts.deleteAllMessages.run(),this.db.prepare("DELETE FROM s3_buckets").run(),this.db.prepare("DELETE FROM sns_subscriptions").run(),this.db.prepare("DELETE FROM sns_topics").run(),this.db.prepare("DELETE FROM sqs_queues").run()})}load(e,s,t){this.loadSqsAndSns(e,s),this.loadS3(t)}loadSqsAndSns(e,s){this.loadSqsQueues(e),this.loadSnsTopics(s),this.loadSnsSubscriptions(s)}loadS3(e){this.loadS3Buckets(e),this.loadS3BucketLifecycleConfigurations(e),this.loadS3Objects(e),this.loadS3MultipartUploads(e)}loadSqsQueues(e){let s=this.stmts.loadQueues.all();for(let t of s){let i=JSON.parse(t.attributes),a=JSON.parse(t.tags),n=e.createQueue(t.name,t.url,t.arn,i,a);n.createdTimestamp=t.created_timestamp,n.lastModifiedTimestamp=t.last_modified_timestamp,n.sequenceCounter=t.sequence_counter,this.loadSqsMessages(n)}}loadSqsMessages(e){let s=Date.now(),t=this.stmts.loadMessages.all(e.name);for(let i of t){let a={messageId:i.message_id,body:i.body,md5OfBody:i.md5_of_body,messageAttributes:JSON.parse(i.message_attributes),md5OfMessageAttributes:i.md5_of_message_attributes,sentTimestamp:i.sent_timestamp,approximateReceiveCount:i.approximate_receive_count,approximateFirstReceiveTimestamp:i.approximate_first_receive_timestamp??void 0,delayUntil:i.delay_until??void 0,messageGroupId:i.message_group_id??void 0,messageDeduplicationId:i.message_deduplication_id??void 0,sequenceNumber:i.sequence_number??void 0};if(i.receipt_handle&&i.visibility_deadline){if(i.visibility_deadline>s){if(e.inflightMessages.set(i.receipt_handle,{message:a,receiptHandle:i.receipt_handle,visibilityDeadline:i.visibility_deadline}),a.messageGroupId&&e.isFifo()){let n=e.fifoLockedGroups.get(a.messageGroupId)??0;e.fifoLockedGroups.set(a.messageGroupId,n+1)}continue}this.stmts.updateMessageInflight.run(null,null,i.approximate_receive_count,i.approximate_first_receive_timestamp,i.message_id)}if(a.delayUntil&&a.delayUntil>s)if(e.isFifo()){let n=a.messageGroupId??"__default",r=e.fifoDelayed.get(n)??[];r.push(a),e.fifoDelayed.set(n,r)}else e.delayedMessages.push(a);else if(e.isFifo()){let n=a.messageGroupId??"__default",r=e.fifoMessages.get(n)??[];r.push(a),e.fifoMessages.set(n,r)}else e.messages.push(a)}}loadSnsTopics(e){let s=this.stmts.loadTopics.all();for(let t of s){let i={arn:t.arn,name:t.name,attributes:JSON.parse(t.attributes),tags:new Map(Object.entries(JSON.parse(t.tags))),subscriptionArns:JSON.parse(t.subscription_arns)};e.topics.set(t.arn,i)}}loadSnsSubscriptions(e){let s=this.stmts.loadSubscriptions.all();for(let t of s){let i={arn:t.arn,topicArn:t.topic_arn,protocol:t.protocol,endpoint:t.endpoint,confirmed:t.confirmed===1,attributes:JSON.parse(t.attributes)};e.subscriptions.set(t.arn,i)}}loadS3Buckets(e){let s=this.stmts.loadBuckets.all();for(let t of s)e.createBucket(t.name,t.type),e.setBucketCreationDate(t.name,new Date(t.creation_date))}loadS3BucketLifecycleConfigurations(e){let s=this.stmts.loadBucketLifecycleConfigurations.all();for(let t of s)e.restoreBucketLifecycleConfiguration(t.bucket,t.configuration)}loadS3Objects(e){let s=this.stmts.loadObjectsMeta.all();for(let t of s){let i={key:t.key,body:Buffer.alloc(0),contentType:t.content_type,contentLength:t.content_length,etag:t.etag,lastModified:new Date(t.last_modified),metadata:JSON.parse(t.metadata),...t.content_language&&{contentLanguage:t.content_language},...t.content_disposition&&{contentDisposition:t.content_disposition},...t.cache_control&&{cacheControl:t.cache_control},...t.content_encoding&&{contentEncoding:t.content_encoding},...t.parts&&{parts:JSON.parse(t.parts)},...t.checksum_algorithm&&{checksumAlgorithm:t.checksum_algorithm},...t.checksum_value&&{checksumValue:t.checksum_value},...t.checksum_type&&{checksumType:t.checksum_type},...t.part_checksums&&{partChecksums:JSON.parse(t.part_checksums)}};e.restoreObject(t.bucket,i)}}loadS3MultipartUploads(e){let s=this.stmts.loadMultipartUploads.all();for(let t of s){let i={uploadId:t.upload_id,bucket:t.bucket,key:t.key,contentType:t.content_type,metadata:JSON.parse(t.metadata),parts:new Map,initiated:new Date(t.initiated),...t.content_language&&{contentLanguage:t.content_language},...t.content_disposition&&{contentDisposition:t.content_disposition},...t.cache_control&&{cacheControl:t.cache_control},...t.content_encoding&&{contentEncoding:t.content_encoding},...t.checksum_algorithm&&{checksumAlgorithm:t.checksum_algorithm}},a=this.stmts.loadMultipartParts.all(t.upload_id);for(let n of a)i.parts.set(n.part_number,{partNumber:n.part_number,body:Buffer.from(n.body),etag:n.etag,lastModified:new Date(n.last_modified),...n.checksum_value&&{checksumValue:n.checksum_value}});e.restoreMultipartUpload(i)}}close(){this.db.close()}};export{c as a};
