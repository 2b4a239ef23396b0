<?php

// AWS as service provider, once a partition. state.json says how a response is made: its NameID, what is
// signed and how, how long it is valid.

$state = json_decode(file_get_contents(dirname(__DIR__) . '/state.json'), true);

$regions = static function (string $domain, array $regions): array {
    $urls = array_merge(
        ["https://$domain/saml"],
        array_map(static fn (string $region): string => "https://$region.$domain/saml", $regions)
    );
    return array_map(
        static fn (string $url, int $index): array => [
            'index' => $index,
            'isDefault' => $index === 0,
            'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
            'Location' => $url,
        ],
        $urls,
        array_keys($urls)
    );
};

$partitions = [
    'urn:amazon:webservices' => $regions(
        'signin.aws.amazon.com',
        ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-northeast-1']
    ),
    'urn:amazon:webservices:cn-north-1' => $regions('signin.amazonaws.cn', ['cn-north-1', 'cn-northwest-1']),
    'urn:amazon:webservices:govcloud' => $regions('signin.amazonaws-us-gov.com', ['us-gov-west-1', 'us-gov-east-1']),
];

foreach ($partitions as $entity => $endpoints) {
    $metadata[$entity] = array_merge(['AssertionConsumerService' => $endpoints], $state['response']);
}
// An application of the same company that is not AWS.
$metadata['https://wiki.rolecall.test/saml'] = array_merge(
    ['AssertionConsumerService' => 'https://wiki.rolecall.test/saml/acs'],
    $state['response']
);
// AWS's endpoint under a name that is not AWS's, as an administrator may write it.
$metadata['https://aws.rolecall.test/misnamed'] = array_merge(
    ['AssertionConsumerService' => 'https://signin.aws.amazon.com/saml'],
    $state['response']
);
