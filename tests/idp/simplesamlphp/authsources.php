<?php

// Who may sign in: the tests write the people into state.json, as "name:password" => attributes.

$state = json_decode(file_get_contents(__DIR__ . '/state.json'), true);

$config = [
    'people' => array_merge(['exampleauth:UserPass'], $state['people']),
];
