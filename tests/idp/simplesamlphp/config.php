<?php

// SimpleSAMLphp for one test run. Everything lies in this file's folder, a copy of
// tests/idp/simplesamlphp/ made for the run.

$state = json_decode(file_get_contents(__DIR__ . '/state.json'), true);

$config = [
    'baseurlpath' => '/',
    'certdir' => __DIR__ . '/cert/',
    'loggingdir' => __DIR__ . '/log/',
    'datadir' => __DIR__ . '/data/',
    'tempdir' => __DIR__ . '/tmp/',
    'metadatadir' => __DIR__ . '/metadata/',
    'session.phpsession.savepath' => __DIR__ . '/sessions/',

    'secretsalt' => $state['salt'],
    'auth.adminpassword' => $state['admin_password'],
    'admin.protectindexpage' => true,
    'admin.checkforupdates' => false,
    'technicalcontact_name' => 'Rolecall tests',
    'technicalcontact_email' => 'tests@rolecall.test',
    'timezone' => 'UTC',

    'logging.level' => SimpleSAML\Logger::WARNING,
    'logging.handler' => 'stderr',
    'showerrors' => true,
    'errorreporting' => false,

    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],

    'store.type' => 'phpsession',
    'session.duration' => 3600,
    'session.cookie.secure' => false, // loopback, without TLS
    'session.cookie.samesite' => null,
    'language.cookie.secure' => false,
    'language.cookie.samesite' => null,

    'authproc.idp' => [
        10 => [
            'class' => 'saml:AttributeNameID',
            'attribute' => 'uid',
            'Format' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        ],
        11 => [
            'class' => 'saml:AttributeNameID',
            'attribute' => 'mail',
            'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        ],
    ],
    'metadata.sources' => [['type' => 'flatfile']],
];
